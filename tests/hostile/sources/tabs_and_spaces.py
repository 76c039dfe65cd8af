def mixed():
	if 1:
        	pass
 	  	x = 1
				y = 2

def after_tabs():
    pass
